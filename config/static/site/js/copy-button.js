// <copy-button for="id">: copies the text of that element and says so for a moment.
class CopyButton extends HTMLElement {
  connectedCallback() {
    this.addEventListener("click", () => this.copy());
  }

  async copy() {
    const source = document.getElementById(this.getAttribute("for"));
    await navigator.clipboard.writeText(source.value ?? source.textContent);
    this.toggleAttribute("copied", true);
    setTimeout(() => this.toggleAttribute("copied", false), 1500);
  }
}

customElements.define("copy-button", CopyButton);
