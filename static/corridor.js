// What the draft would say is checked as one types: its faults are listed without leaving the page.
(function () {
  'use strict';
  var form = document.querySelector('[data-draft-check]');
  var panel = document.querySelector('[data-draft-faults]');
  if (!form || !panel) return;
  var waiting, asked = 0;
  panel.setAttribute('aria-live', 'polite');

  function shown(faults) {
    if (!faults.length) {
      var none = document.createElement('p');
      none.className = 'sg-new';
      none.textContent = 'Aucune anomalie.';
      return none;
    }
    var fold = document.createElement('details');
    fold.className = 'sg-fold sg-faults';
    fold.open = true;
    var title = fold.appendChild(document.createElement('summary'));
    title.textContent = faults.length + (faults.length > 1 ? ' anomalies' : ' anomalie') + ' à corriger avant de soumettre';
    var list = fold.appendChild(document.createElement('div')).appendChild(document.createElement('ul'));
    faults.forEach(function (fault) {
      var item = list.appendChild(document.createElement('li'));
      var link = item.appendChild(document.createElement('a'));
      link.href = fault.url;
      link.textContent = fault.where;
      item.append(' : ' + fault.message);
    });
    return fold;
  }

  function check() {
    var turn = ++asked;
    fetch(form.dataset.draftCheck, { method: 'POST', body: new FormData(form), credentials: 'same-origin' })
      .then(function (answer) { return answer.ok ? answer.json() : null; })
      .then(function (faults) { if (faults && turn === asked) panel.replaceChildren(shown(faults)); })
      .catch(function () {});
  }

  form.addEventListener('input', function () {
    clearTimeout(waiting);
    waiting = setTimeout(check, 500);
  });
})();
