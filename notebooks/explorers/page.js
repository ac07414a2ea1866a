// Slider handles, their number fields and Play's buttons get a name for screen readers; arrow keys in a dropdown
// choose an option, not a cell.
// biome-ignore lint/correctness/noUnusedVariables: page.py calls it.
function mendControls(root) {
  const mend = () => {
    for (const part of root.querySelectorAll('.noUi-handle, .widget-readout[contenteditable]')) {
      if (part.hasAttribute('aria-labelledby')) continue;
      const label = part.closest('.widget-slider').querySelector('.widget-label');
      label.id ||= 'bp-' + Math.random().toString(36).slice(2);
      part.setAttribute('aria-labelledby', label.id);
      if (part.isContentEditable) part.setAttribute('role', 'textbox');
    }
    for (const button of root.querySelectorAll('.widget-play button:not([title])'))
      button.title = button.ariaLabel = button.querySelector('.fa-stop') ? 'Stop, back to the start' : 'Play or pause';
    for (const select of root.querySelectorAll('select:not([data-lm-suppress-shortcuts])'))
      select.dataset.lmSuppressShortcuts = true;
  };
  new MutationObserver(mend).observe(root, {childList: true, subtree: true});
  mend();
}
