// The enrolment, as it is filled: what does not concern the case is folded away, what is typed is kept at once, and the
// bank is proposed. Without this script every field is shown, and each step is kept when it is sent.
(() => {
  const form = document.querySelector("[data-enrolment]");
  if (!form) return;
  const value = (name) => {
    const found = form.elements[name];
    return found ? found.value || "" : "";
  };
  const fold = () => {
    form.querySelectorAll("[data-when]").forEach((part) => {
      const [name, wanted] = part.dataset.when.split("=");
      part.hidden = value(name) !== wanted;
    });
    form.querySelectorAll("[data-when-changed]").forEach((part) => {
      part.hidden = value(part.dataset.whenChanged).trim() === part.dataset.from;
    });
  };
  form.addEventListener("input", fold);
  form.addEventListener("change", fold);
  fold();
  const leave = form.querySelector("[data-leave]");
  if (leave) leave.addEventListener("click", (event) => {
    if (!window.confirm("Toute votre saisie et vos fichiers seront effacés. Quitter ?")) event.preventDefault();
  });
  if (!("save" in form.dataset)) return;

  const status = document.querySelector("[data-saved]");
  const touched = new Set();
  let waiting = null, last = Promise.resolve(), saving = 0;
  form.addEventListener("input", (event) => touched.add(event.target.name));
  const show = (told, sent) => {
    for (const [code, name] of Object.entries(told.pieces)) {
      const place = form.querySelector(`[data-piece="${code}"]`);
      if (place && sent.includes(code)) place.textContent = `Fichier joint : ${name} – en choisir un autre le remplace.`;
    }
    for (const [code, message] of Object.entries(told.refused)) {
      const place = form.querySelector(`[data-piece="${code}"]`);
      if (place) place.textContent = message;
    }
    for (const code of sent) if (form.elements[code]) form.elements[code].value = "";
    for (const [name, proposed] of Object.entries(told.proposed)) {
      const field = form.elements[name];
      if (field && !field.value && !touched.has(name)) field.value = proposed;
    }
    const now = new Date().toLocaleTimeString("fr-FR", { hour: "2-digit", minute: "2-digit" });
    if (status) status.textContent = `Votre saisie est enregistrée (${now}).`;
  };
  const save = () => {
    const body = new FormData(form);
    body.set("act", "save");
    const sent = [...form.querySelectorAll("input[type=file]")].filter((one) => one.files.length).map((one) => one.name);
    saving += 1;
    last = last.then(() => fetch(form.action, { method: "POST", body, signal: AbortSignal.timeout(60000) }))
      .then((answer) => (answer.ok ? answer.json() : Promise.reject(answer.status)))
      .then((told) => show(told, sent))
      .catch(() => { if (status) status.textContent = "L'enregistrement n'a pas pu se faire : vérifiez votre connexion."; })
      .finally(() => { saving -= 1; });
  };
  form.addEventListener("change", () => {
    clearTimeout(waiting);
    waiting = setTimeout(save, 400);
  });
  // What is being saved arrives first: the step that is sent would otherwise be undone by its own draft.
  form.addEventListener("submit", (event) => {
    clearTimeout(waiting);
    if (!saving) return;
    event.preventDefault();
    last.then(() => form.requestSubmit(event.submitter));
  });
})();
