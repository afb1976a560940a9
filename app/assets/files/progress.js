// Follows a job until it ends and then shows its result.
const box = document.querySelector("[data-job]");
async function follow() {
  const answer = await fetch("/api/jobs/" + box.dataset.job, { cache: "no-store" });
  const job = await answer.json();
  box.querySelector("progress").value = job.progress;
  box.querySelector(".state").textContent = job.state;
  if (job.state === "done") {
    box.querySelector(".result").hidden = false;
  } else if (job.state !== "dead") {
    setTimeout(follow, 500);
  }
}
if (box) follow();
