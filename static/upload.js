// Uploads with a progress bar, on forms marked data-upload; without scripts they are sent as any form.
// data-upload="large": only a file that takes time is; data-wait names what the server then does.
// A bar shows after a second only: how much is sent, while that is known, then that the answer is awaited.
// A file over data-max-bytes is not sent at all.
// The answer is a page: its main part takes the place of this one's. A lost session loses nothing: the file stays chosen.
(function () {
  'use strict';
  var LOGIN = '/segurnums/connexion';

  function say(form, text, action) {
    var box = form.querySelector('.sg-upload-message');
    if (!box) {
      box = document.createElement('p');
      box.className = 'sg-upload-message sg-error';
      box.setAttribute('role', 'alert');
      form.appendChild(box);
    }
    box.textContent = text;
    if (action) { box.appendChild(document.createTextNode(' ')); box.appendChild(action); }
  }

  function link(text, href) {
    var anchor = document.createElement('a');
    anchor.textContent = text;
    anchor.href = href;
    anchor.target = '_blank';
    anchor.rel = 'noopener';
    return anchor;
  }

  function tooBig(form) {
    var limit = Number(form.dataset.maxBytes);
    var input = form.querySelector('input[type=file]');
    var file = input && input.files[0];
    if (!file || !limit || file.size <= limit) return false;
    say(form, '« ' + file.name + ' » dépasse ' + Math.floor(limit / 1048576) + ' Mo : il n\'est pas envoyé.');
    input.focus();
    return true;
  }

  var PATIENCE = 1000;
  var LARGE = 262144;

  // `sent(percent)` while bytes leave, `wait()` once the server works, `end()`.
  function bar(form) {
    var box = document.createElement('div');
    var progress = document.createElement('progress');
    var text = document.createElement('p');
    box.className = 'sg-progress';
    box.hidden = true;
    progress.max = 100;
    progress.value = 0;
    progress.setAttribute('role', 'progressbar');
    progress.setAttribute('aria-label', 'Envoi du fichier');
    text.setAttribute('aria-live', 'polite');
    box.appendChild(progress);
    box.appendChild(text);
    form.appendChild(box);
    var said = 'Envoi du fichier…';
    var timer = setTimeout(function () { box.hidden = false; text.textContent = said; }, PATIENCE);
    function tell(words) { if (words !== said) { said = words; if (!box.hidden) text.textContent = said; } }
    return {
      sent: function (percent) { progress.value = percent; tell('Envoi du fichier : ' + 25 * Math.floor(percent / 25) + ' %'); },
      wait: function () {
        progress.removeAttribute('value');
        progress.setAttribute('aria-label', form.dataset.wait || 'Traitement du fichier');
        tell((form.dataset.wait || 'Traitement du fichier') + '…');
      },
      end: function () { clearTimeout(timer); box.remove(); }
    };
  }

  function free(form, progress) {
    form.querySelectorAll('button[data-held]').forEach(function (button) { button.disabled = false; button.removeAttribute('data-held'); });
    progress.end();
  }

  function hold(form) {
    form.querySelectorAll('button:not([disabled])').forEach(function (button) { button.disabled = true; button.dataset.held = ''; });
  }

  // The form leaves as any form; the bar stays until the answer takes the place of this page.
  function watch(form) {
    var progress = bar(form);
    progress.wait();
    window.addEventListener('pageshow', progress.end, { once: true });
  }

  function isLarge(form) {
    var input = form.querySelector('input[type=file]');
    return Boolean(input && input.files[0] && input.files[0].size > LARGE);
  }

  function show(text, address) {
    var page = new DOMParser().parseFromString(text, 'text/html');
    var fresh = page.getElementById('contenu');
    if (!fresh) { window.location.reload(); return; }
    document.getElementById('contenu').replaceWith(document.adoptNode(fresh));
    document.title = page.title;
    if (address.indexOf('/pieces/') < 0 && address.indexOf('/zip') < 0) history.replaceState(null, '', address);
    var told = document.querySelector('#contenu [aria-invalid=true], #contenu [data-focus], #contenu .alert');
    if (told) { if (!told.matches('input')) told.setAttribute('tabindex', '-1'); told.focus(); }
  }

  // After a new login in another tab, the page's own token is the old one: take the new one, then send again.
  function retry(form) {
    fetch(window.location.href, { credentials: 'same-origin' }).then(function (answer) {
      if (answer.redirected && answer.url.indexOf(LOGIN) >= 0) { sessionLost(form); return null; }
      return answer.text();
    }).then(function (text) {
      if (!text) return;
      var token = new DOMParser().parseFromString(text, 'text/html').querySelector('input[name=csrf_token]');
      document.querySelectorAll('input[name=csrf_token]').forEach(function (input) { if (token) input.value = token.value; });
      send(form, form.action);
    }).catch(function () { say(form, 'Le portail ne répond pas. Réessayez dans un instant.'); });
  }

  function sessionLost(form) {
    if ('public' in form.dataset) { say(form, 'La page est restée ouverte trop longtemps : rechargez-la, puis choisissez de nouveau le fichier.'); return; }
    var button = document.createElement('button');
    button.type = 'button';
    button.className = 'btn btn-outline-secondary btn-sm';
    button.textContent = 'Renvoyer le fichier';
    button.addEventListener('click', function () { retry(form); });
    say(form, 'Votre session a pris fin ; rien n\'est perdu.', link('Se reconnecter (nouvel onglet)', LOGIN));
    form.querySelector('.sg-upload-message').appendChild(document.createTextNode(', puis '));
    form.querySelector('.sg-upload-message').appendChild(button);
  }

  function send(form, address) {
    var request = new XMLHttpRequest();
    var progress = bar(form);
    var old = form.querySelector('.sg-upload-message');
    if (old) old.remove();
    request.open('POST', address);
    request.upload.onprogress = function (event) {
      if (event.lengthComputable) progress.sent(Math.round(100 * event.loaded / event.total));
    };
    request.upload.onload = progress.wait;
    request.onload = function () {
      free(form, progress);
      if (request.responseURL.indexOf(LOGIN) >= 0 || request.status === 400) return sessionLost(form);
      if (request.status >= 500) return say(form, 'Le portail n\'a pas pu recevoir le fichier. Réessayez dans un instant.');
      show(request.responseText, request.responseURL);
    };
    request.onerror = function () { free(form, progress); say(form, 'La connexion a été coupée pendant l\'envoi. Réessayez : rien n\'a été enregistré.'); };
    request.send(new FormData(form));
    hold(form);
  }

  document.addEventListener('submit', function (event) {
    var form = event.target;
    if (form.matches('form[data-max-bytes]') && tooBig(form)) { event.preventDefault(); return; }
    var button = event.submitter;
    if (!form.matches('form[data-upload]') || (form.dataset.upload === 'large' && !isLarge(form))) {
      if (form.matches('form[data-wait]')) watch(form);
      return;
    }
    event.preventDefault();
    send(form, (button && button.getAttribute('formaction')) || form.action);
  });
})();
