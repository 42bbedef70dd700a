// The editor of a task's content: blocks are added, moved and dropped. Their order on the page is the order that is sent.
"use strict";
(() => {
  let made = 0;

  document.addEventListener("click", (event) => {
    const editor = event.target.closest("[data-editor]");
    if (!editor) return;
    const list = editor.querySelector(".edit-blocks");
    const add = event.target.closest("[data-add]");
    if (add) return append(editor, list, add.dataset.add);
    const block = event.target.closest(".edit-block");
    const shift = event.target.closest("[data-shift]");
    if (shift) return move(editor, block, Number(shift.dataset.shift), shift);
    if (event.target.closest("[data-drop]")) drop(editor, list, block);
  });

  function append(editor, list, kind) {
    if (list.children.length >= Number(editor.dataset.most)) return say(editor, `内容最多 ${editor.dataset.most} 段`);
    const block = editor.querySelector(`template[data-block="${kind}"]`).content.firstElementChild.cloneNode(true);
    const key = `n${Date.now().toString(36)}${made++}`;
    for (const field of block.querySelectorAll("[name]")) {
      if (field.name === "block") field.value = key;
      field.name = field.name.replace("KEY", key);
    }
    const upload = block.querySelector("[data-upload]");
    if (upload) upload.dataset.upload = `media_${key}`;
    list.append(block);
    (block.querySelector("textarea, input:not([type=hidden])") || block).focus();
    say(editor, "已添加");
  }

  function move(editor, block, by, button) {
    const other = by < 0 ? block.previousElementSibling : block.nextElementSibling;
    if (!other) return;
    if (by < 0) other.before(block);
    else other.after(block);
    button.focus();
    say(editor, `已移到第 ${[...block.parentElement.children].indexOf(block) + 1} 段`);
  }

  function drop(editor, list, block) {
    const next = block.nextElementSibling || block.previousElementSibling;
    block.remove();
    (next ? next.querySelector("[data-drop]") : editor.querySelector("[data-add]")).focus();
    say(editor, "已删除");
  }

  function say(editor, text) { editor.querySelector(".edit-note").textContent = text; }

  // Tasks are dragged within a day and to another one; the buttons beside them do the same without dragging.
  let dragged = null;
  document.addEventListener("dragstart", (event) => {
    dragged = event.target.closest("[data-task], [data-level]");
    if (dragged) event.dataTransfer.effectAllowed = "move";
  });
  document.addEventListener("dragover", (event) => { if (dragged && event.target.closest(dragged.dataset.level ? "[data-level]" : "[data-day]")) event.preventDefault(); });
  document.addEventListener("dragend", () => { dragged = null; });
  document.addEventListener("drop", (event) => {
    if (dragged?.dataset.level) return reorder(event);
    const day = dragged && event.target.closest("[data-day]");
    const form = document.querySelector("form[data-arrange]");
    if (!day || !form) return;
    event.preventDefault();
    const over = event.target.closest("[data-task]");
    if (over === dragged) return;
    const lower = over && event.clientY > over.getBoundingClientRect().top + over.offsetHeight / 2;
    const before = over && (lower ? over.nextElementSibling : over);
    if (before === dragged) return;
    form.elements.task.value = dragged.dataset.task;
    form.elements.day.value = day.dataset.day;
    form.elements.before.value = before ? before.dataset.task : "";
    form.requestSubmit();
  });

  // A level goes to where it was dropped among the levels.
  function reorder(event) {
    const over = event.target.closest("[data-level]");
    const form = document.querySelector("form[data-arrange-levels]");
    if (!over || !form) return;
    event.preventDefault();
    const levels = [...document.querySelectorAll("[data-level]")];
    const from = levels.indexOf(dragged), lower = event.clientY > over.getBoundingClientRect().top + over.offsetHeight / 2;
    let to = levels.indexOf(over) + (lower ? 1 : 0);
    if (to > from) to--;
    if (to === from) return;
    form.action = `${form.dataset.arrangeLevels}${dragged.dataset.level}/move`;
    form.elements.to.value = to;
    form.requestSubmit();
  }
})();
