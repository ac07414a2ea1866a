// Runs in the kernel's worker in the place of pyodide.js: starts Python with all its packages, which load side by side.
self.loadPyodide = async ({ pyodideURL, wheelsURL, wheels, packages, ...options }) => {
  const tell = (message, end) => self.postMessage({ python: { message, end } });
  count((megabytes) => tell(`Python is loading: ${megabytes} MB. At the next visit they are in the browser.`));
  tell("Python is loading.");
  try {
    importScripts(`${pyodideURL}pyodide.js`);
    const pyodide = await self.loadPyodide({
      ...options,
      indexURL: pyodideURL,
      packages: packages
        .filter((name) => name !== "ssl") // 2 MB that no notebook needs
        .map((name) => (name in wheels ? wheelsURL + wheels[name] : name)),
    });
    useFontList(pyodide.FS);
    tell("Python is ready.", "success");
    return pyodide;
  } catch (error) {
    tell(`Python cannot be loaded (${error.message}). Is there a network? Reload the page to try again.`, "error");
    throw error;
  }
};

// Count what comes in, and say each whole megabyte.
function count(say) {
  const { fetch } = self;
  let bytes = 0;
  const counter = () =>
    new TransformStream({
      transform(chunk, controller) {
        const before = Math.floor(bytes / 1e6);
        bytes += chunk.byteLength;
        if (Math.floor(bytes / 1e6) > before) say(before + 1);
        controller.enqueue(chunk);
      },
    });
  self.fetch = async (...request) => {
    const answer = await fetch(...request);
    return answer.body ? new Response(answer.body.pipeThrough(counter()), answer) : answer;
  };
}

// Matplotlib takes its list of fonts for that of another version, and would make a new one at each start.
function useFontList(FS) {
  const [path] = FS.readdir("/lib")
    .map((python) => `/lib/${python}/site-packages/matplotlib/fontlist.json`)
    .filter((path) => FS.analyzePath(path).exists);
  const list = FS.readFile(path, { encoding: "utf8" });
  FS.writeFile(path, list.replace('"_version": 390', '"_version": 330'));
}
