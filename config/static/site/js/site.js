// What every page loads.
import "./theme-toggle.js";
import "./confirm-dialog.js";
import "./copy-button.js";
import "./request-failed.js";
import "./side-drawer.js";
import "./live-time.js";
import "./several-rows.js";
