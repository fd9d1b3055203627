/* Draws the interface's OpenAPI document. The document and this script come from the same place as the page. */
"use strict";

const place = document.getElementById("viewer");
window.SwaggerUIBundle({ domNode: place, url: place.dataset.document, validatorUrl: null, deepLinking: true });
