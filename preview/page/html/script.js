// The page is whole without this: it only folds, finds and shows who leads to whom.
(function () {
  "use strict";
  var all = Array.prototype.slice;
  var each = function (list, f) { all.call(list).forEach(f); };

  var changes = document.getElementById("changes");
  if (changes) {
    var components = changes.querySelectorAll("details.component");
    var filter = document.getElementById("filter");
    var found = document.getElementById("found");
    changes.querySelector(".tools").hidden = false;
    var fold = function (open) { each(components, function (d) { d.open = open; }); };
    document.getElementById("unfold").addEventListener("click", function () { fold(true); });
    document.getElementById("fold").addEventListener("click", function () { fold(false); });

    filter.addEventListener("input", function () {
      var wanted = filter.value.trim().toLowerCase();
      var count = 0;
      each(components, function (d) {
        var inName = d.querySelector(".name").textContent.toLowerCase().indexOf(wanted) >= 0;
        var any = false;
        each(d.querySelectorAll("tbody tr"), function (row) {
          var hit = inName || row.textContent.toLowerCase().indexOf(wanted) >= 0;
          row.toggleAttribute("data-hidden", !hit);
          any = any || hit;
          count += hit ? 1 : 0;
        });
        d.toggleAttribute("data-hidden", !any);
        if (wanted && any) { d.open = true; }
      });
      found.textContent = wanted ? count + " found" : "";
    });
  }

  // A box shows its own lines, and what they lead to, while it is pointed at.
  each(document.querySelectorAll("svg.picture"), function (svg) {
    each(svg.querySelectorAll(".box"), function (box) {
      var mark = function (on) {
        svg.classList.toggle("asked", on);
        var near = {};
        near[box.dataset.box] = true;
        each(svg.querySelectorAll(".wire"), function (wire) {
          var ours = wire.dataset.from === box.dataset.box || wire.dataset.to === box.dataset.box;
          if (ours) { near[wire.dataset.from] = near[wire.dataset.to] = true; }
          wire.classList.toggle("near", on && ours);
        });
        each(svg.querySelectorAll(".box"), function (other) {
          other.classList.toggle("near", on && !!near[other.dataset.box]);
        });
      };
      box.addEventListener("mouseenter", function () { mark(true); });
      box.addEventListener("mouseleave", function () { mark(false); });
    });
  });
})();
