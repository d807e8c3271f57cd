// What the register of banks knows of an IBAN being typed: proposed where nothing is typed, never over what is.
(function () {
  'use strict';
  document.querySelectorAll('form[data-bank]').forEach(function (form) {
    var iban = form.querySelector('[name=iban]');
    var said = form.querySelector('[data-bank-said]');
    iban.addEventListener('change', function () {
      var body = new FormData();
      body.append('iban', iban.value);
      body.append('csrf_token', form.querySelector('[name=csrf_token]').value);
      fetch(form.dataset.bank, { method: 'POST', body: body, credentials: 'same-origin' })
        .then(function (answer) { return answer.ok ? answer.json() : {}; })
        .then(function (known) {
          ['bic', 'bank_name'].forEach(function (name) {
            var field = form.querySelector('[name=' + name + ']');
            var proposed = field.value === '' || field.value === field.dataset.proposed;
            if (!known[name] || !proposed) { return; }
            field.value = field.dataset.proposed = known[name];
            said.textContent = 'Banque proposée : ' + (known.bank_name || known.bic);
          });
        })
        .catch(function () {});
    });
  });
})();
