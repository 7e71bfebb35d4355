// Lists: what is picked is counted and summed at once. Without this file the button does it.
(() => {
  "use strict";
  const table = document.querySelector("table[data-list]");
  const said = document.querySelector("[data-list-said]");
  if (!table || !said) return;
  const boxes = [...table.querySelectorAll('input[name="row"]')];
  const every = document.querySelector('input[name="every"]');
  const yuan = (fen) => {
    const sign = fen < 0 ? "−" : "", whole = Math.abs(fen);
    return sign + Math.floor(whole / 100).toLocaleString("en-US") + "." + String(whole % 100).padStart(2, "0");
  };
  const say = () => {
    const rows = boxes.filter((box) => box.checked).map((box) => box.closest("tr"));
    boxes.forEach((box) => box.closest("tr").classList.toggle("sel", box.checked));
    if (!rows.length) { said.textContent = ""; return; }
    const sums = new Map();
    rows.forEach((row) => row.querySelectorAll("[data-sum]").forEach((cell) => {
      sums.set(cell.dataset.label, (sums.get(cell.dataset.label) || 0) + Number(cell.dataset.sum));
    }));
    const words = [said.dataset.listSaid.replace("{n}", rows.length.toLocaleString("en-US"))];
    sums.forEach((fen, label) => words.push(said.dataset.listSum.replace("{label}", label).replace("{amount}", yuan(fen))));
    said.textContent = words.join("，");
  };
  table.addEventListener("change", (event) => {
    if (event.target.name !== "row") return;
    if (every) every.checked = false;
    say();
  });
})();
