// On every page: each behaviour is a file of its own and looks for its own data- attributes.
import "./account-corner.js";
import "./bookmarks.js";
import "./reader-times.js";
import "./once.js";
import "./confirm.js";
import "./guard.js";
import "./asking.js";
import "./webcal.js";
import "./copy.js";
import "./tabs.js";
import "./sign-out.js";
