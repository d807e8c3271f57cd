// Small comforts; every page works without them.
(function () {
  'use strict';

  // The menu on a narrow screen, and only one tab unfolded at a time.
  var burger = document.querySelector('.sg-burger');
  if (burger) {
    burger.addEventListener('click', function () {
      var open = burger.getAttribute('aria-expanded') === 'true';
      burger.setAttribute('aria-expanded', String(!open));
    });
  }
  var drops = Array.prototype.slice.call(document.querySelectorAll('.sg-drop'));
  drops.forEach(function (drop) {
    drop.addEventListener('toggle', function () {
      if (drop.open) drops.forEach(function (other) { if (other !== drop) other.open = false; });
    });
    drop.addEventListener('keydown', function (event) {
      if (event.key === 'Escape') { drop.open = false; drop.querySelector('summary').focus(); }
    });
  });
  document.addEventListener('click', function (event) {
    drops.forEach(function (drop) { if (!drop.contains(event.target)) drop.open = false; });
  });

  // What is typed beside a form goes with it, under the same name, not to be lost by sending it.
  document.querySelectorAll('form[data-carries]').forEach(function (form) {
    form.addEventListener('submit', function () {
      var typed = document.getElementById(form.dataset.carries);
      if (!typed) return;
      var carried = form.elements[typed.name] || form.appendChild(document.createElement('input'));
      carried.type = 'hidden';
      carried.name = typed.name;
      carried.value = typed.value;
    });
  });

  // What is wrong is read first.
  var errors = document.getElementById('erreurs') || document.getElementById('erreurs-captcha');
  if (errors) errors.focus();

  // A number field proposes what contains the three characters typed, or more.
  document.querySelectorAll('input[data-lookup]').forEach(function (input) {
    var list = document.getElementById(input.getAttribute('list'));
    var waiting;
    input.addEventListener('input', function () {
      clearTimeout(waiting);
      if (input.value.length < 3) return;
      waiting = setTimeout(function () {
        fetch(input.dataset.lookup + '&q=' + encodeURIComponent(input.value), { credentials: 'same-origin' })
          .then(function (answer) { return answer.ok ? answer.json() : []; })
          .then(function (numbers) {
            list.replaceChildren.apply(list, numbers.map(function (number) {
              var option = document.createElement('option');
              option.value = number;
              return option;
            }));
          });
      }, 200);
    });
  });
})();
