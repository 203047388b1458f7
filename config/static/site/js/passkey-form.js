// <passkey-form way="create|get" options="…">: before its form is sent, the browser makes a passkey, or asks for one.
class PasskeyForm extends HTMLElement {
  connectedCallback() {
    this.addEventListener("submit", (event) => this.ask(event));
  }

  async ask(event) {
    const { credential } = event.target.elements;
    if (credential.value) return;
    event.preventDefault();
    const alert = this.querySelector("[role=alert]");
    alert.hidden = true;
    try {
      credential.value = JSON.stringify(await this.answer());
      event.target.submit();
    } catch {
      alert.hidden = false;
    }
  }

  answer() {
    const { publicKey } = JSON.parse(this.getAttribute("options"));
    return this.getAttribute("way") === "create"
      ? navigator.credentials.create({ publicKey: PublicKeyCredential.parseCreationOptionsFromJSON(publicKey) })
      : navigator.credentials.get({ publicKey: PublicKeyCredential.parseRequestOptionsFromJSON(publicKey) });
  }
}

customElements.define("passkey-form", PasskeyForm);
