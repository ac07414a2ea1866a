// What the site adds to JupyterLite's page. lab/index.html waits for it, and only then loads JupyterLite.
const ROOT = new URL(".", import.meta.url);

// What has changed since the last visit comes anew, not from the browser's cache. JupyterLite shows a learner's saved
// copy in the place of the site's file: where that file has changed, the copy moves to a name of its own.
async function keepCopies() {
  const now = await (await fetch(new URL("files.json", ROOT), { cache: "no-cache" })).json();
  const key = `files of ${ROOT.pathname}`;
  const seen = JSON.parse(localStorage.getItem(key));
  const changed = seen ? Object.keys(now).filter((path) => seen[path] !== now[path]) : [];
  await Promise.all(changed.map((path) => fetch(new URL(path, ROOT), { cache: "reload" })));
  const notebooks = changed.filter((path) => path.startsWith("files/")).map((path) => path.slice("files/".length));
  const moved = notebooks.length ? await moveAside(notebooks) : [];
  localStorage.setItem(key, JSON.stringify(now));
  return moved;
}

async function moveAside(paths) {
  const database = await finished(indexedDB.open(`JupyterLite Storage - ${ROOT.pathname}`));
  try {
    if (!database.objectStoreNames.contains("files")) return [];
    const files = database.transaction("files", "readwrite").objectStore("files");
    const taken = new Set(await finished(files.getAllKeys()));
    const moved = [];
    for (const path of paths.filter((path) => taken.has(path))) {
      const [stem, extension] = path.split(/(?=\.\w+$)/);
      let copy = `${stem} (my copy)${extension}`;
      for (let n = 2; taken.has(copy); n++) copy = `${stem} (my copy ${n})${extension}`;
      const file = await finished(files.get(path));
      await finished(files.put({ ...file, path: copy, name: copy.split("/").at(-1) }, copy));
      await finished(files.delete(path));
      moved.push(copy);
    }
    return moved;
  } finally {
    database.close();
  }
}

const finished = (request) =>
  new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });

// The kernel's worker (load.js) says how far Python has come.
let tell = () => {};
window.Worker = class extends Worker {
  constructor(...options) {
    super(...options);
    this.addEventListener("message", ({ data }) => data?.python && tell(data.python));
  }
};

// What a notebook has just been opened with are no living widgets: the pictures that were saved with them are shown.
function dropViews(notebook) {
  for (const { outputs } of notebook.cells ?? [])
    for (let n = 0; n < (outputs?.length ?? 0); n++) {
      const { "application/vnd.jupyter.widget-view+json": view, ...data } = outputs.get(n).data;
      if (view) outputs.get(n).setData({ data });
    }
}

async function improve(moved) {
  while (!window.jupyterapp) await new Promise((done) => setTimeout(done, 50));
  const app = window.jupyterapp;
  await app.started;

  // As in JupyterLab, a key goes to the slider that has the focus, and to JupyterLab's shortcuts only if unused.
  for (const key of ["keydown", "keyup"]) {
    document.removeEventListener(key, app, true);
    document.addEventListener(key, app);
  }

  const notify = (message, type, options) => app.commands.execute("apputils:notify", { message, type, options });
  if (moved.length)
    notify(`This notebook has changed since you saved it. Your copy is kept beside it: ${moved.join(", ")}`, "info", {
      autoClose: false,
    });

  let shown;
  tell = async ({ message, end }) => {
    shown ??= notify(message, "in-progress", { autoClose: false });
    const id = await shown;
    if (end) shown = undefined;
    if (end === "success") app.commands.execute("apputils:dismiss-notification", { id });
    else app.commands.execute("apputils:update-notification", { id, message, type: end ?? "in-progress" });
  };

  // On a tablet or a phone the notebook has the whole width: JupyterLab's file browser, which opens some time while the
  // page loads, is closed until a hand opens it.
  const close = () => {
    if (innerWidth < 1100 && !app.shell.leftCollapsed) app.shell.collapseLeft();
    for (const side of innerWidth < 600 ? ["left", "right"] : [])
      if (app.shell.isSideTabBarVisible(side)) app.commands.execute("application:toggle-side-tabbar", { side });
  };
  close();
  app.shell.layoutModified.connect(close);
  addEventListener("pointerdown", () => app.shell.layoutModified.disconnect(close), { once: true, capture: true });

  // A reload opens the notebook again.
  const seen = new WeakSet();
  app.shell.currentChanged.connect((_, { newValue }) => {
    if (!newValue?.context) return;
    if (!seen.has(newValue)) newValue.context.ready.then(() => dropViews(newValue.context.model));
    seen.add(newValue);
    history.replaceState(null, "", `?path=${encodeURIComponent(newValue.context.path)}`);
  });
}

improve(await keepCopies().catch(() => []));
