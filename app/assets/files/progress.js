// Follows a job until it ends and then shows its result. It asks less often as
// time goes by, and gives up after a quarter of an hour or when it may not ask.
const box = document.querySelector("[data-job]");
const began = Date.now();
async function follow(pause) {
  const answer = await fetch("/api/jobs/" + box.dataset.job, { cache: "no-store" }).catch(() => null);
  if (answer && answer.ok) {
    const job = await answer.json();
    box.querySelector("progress").value = job.progress;
    box.querySelector(".state").textContent = job.state;
    box.querySelector(".result").hidden = job.state !== "done";
    box.querySelector(".failed").hidden = job.state !== "dead";
    if (job.state === "done" || job.state === "dead") return;
  } else if (answer && answer.status < 500 && answer.status !== 429) {
    return;
  }
  if (Date.now() - began < 15 * 60 * 1000) setTimeout(follow, pause, Math.min(pause * 1.2, 10000));
}
if (box) follow(500);
