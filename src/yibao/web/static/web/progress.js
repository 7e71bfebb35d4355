// How far a job is, every two seconds. Without this file the link 刷新 shows it.
(function () {
  "use strict";
  var here = document.querySelector("[data-progress]"), waiting = null;
  function again() {
    fetch(location.href, { credentials: "same-origin" })
      .then(function (answer) { return answer.ok ? answer.text() : null; })
      .then(function (text) {
        if (text === null) { return; }
        var next = new DOMParser().parseFromString(text, "text/html").querySelector("[data-progress]");
        if (!next) { location.reload(); return; }
        // Whoever stands on a button keeps it.
        if (!here.contains(document.activeElement)) { here.replaceWith(next); here = next; }
        later();
      })
      .catch(later);
  }
  function later() { clearTimeout(waiting); waiting = setTimeout(again, 2000); }
  if (here) { later(); }
})();
