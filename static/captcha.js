// « Autre code »: another captcha without losing what is typed elsewhere in the form.
(function () {
  'use strict';
  document.querySelectorAll('[data-captcha]').forEach(function (field) {
    var other = field.querySelector('[data-captcha-other]');
    other.hidden = false;
    other.addEventListener('click', function () {
      fetch(field.dataset.captcha + 'nouveau', { credentials: 'same-origin' })
        .then(function (answer) { return answer.json(); })
        .then(function (made) {
          field.querySelector('[name=captcha_token]').value = made.token;
          field.querySelector('img').src = field.dataset.captcha + made.token + '.png';
          field.querySelector('audio').src = field.dataset.captcha + made.token + '.wav';
          var typed = field.querySelector('[name=captcha]');
          typed.value = '';
          typed.focus();
        });
    });
  });
})();
