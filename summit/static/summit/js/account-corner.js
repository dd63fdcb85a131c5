// On data-account-corner, the link at the head of every page: becomes the name of who is signed in.
// The public page is the same for everybody; who reads it is laid over from one private answer.
import { me } from "./me.js";

const corner = document.querySelector("[data-account-corner]");
if (corner) {
  const answer = await me;
  if (answer.signed_in) {
    corner.textContent = answer.name;
    corner.href = answer.account;
  }
}
