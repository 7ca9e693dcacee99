const person = document.querySelector("select[name=person]");
const all = document.querySelector("#reach-all");
const some = document.querySelector("#reach-some");
const boxes = () => document.querySelectorAll("input[name=organizations]");

function showGroup() {
  for (const group of document.querySelectorAll("[data-person]")) {
    group.hidden = group.disabled = group.dataset.person !== person.value;
  }
}

person.addEventListener("change", showGroup);
all?.addEventListener("change", () => { for (const box of boxes()) box.checked = false; });
for (const box of boxes()) box.addEventListener("change", () => { if (some) some.checked = true; });
showGroup();
