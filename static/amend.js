// A modification, as it is typed: a changed value turns green and says so. Without this script, once it is sent.
(() => {
  const form = document.querySelector("form[data-amend]");
  if (!form) return;
  const mark = (event) => {
    const part = event.target.closest("[data-was]");
    if (!part) return;
    const changed = event.target.value.trim() !== part.dataset.was;
    part.classList.toggle("sg-amended", changed);
    part.querySelector(".sg-amended-mark").hidden = !changed;
  };
  form.addEventListener("input", mark);
  form.addEventListener("change", mark);
})();
