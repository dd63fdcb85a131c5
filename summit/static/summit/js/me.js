// For the scripts of pages with data-account-corner: one private answer says who reads. {} where there is none.
const corner = document.querySelector("[data-account-corner]");

async function ask() {
  const summit = corner.dataset.summit ? `&summit=${corner.dataset.summit}` : "";
  try {
    const address = `/me.json?lang=${document.documentElement.lang}${summit}`;
    const answer = await fetch(address, { headers: { Accept: "application/json" } });
    return answer.ok ? await answer.json() : {};
  } catch {
    return {};
  }
}

export const me = corner ? ask() : Promise.resolve({});
