// Starts the API's documentation page; a file of its own because the Content-Security-Policy allows no inline script.
const target = document.getElementById("swagger-ui")
window.SwaggerUIBundle({
  url: target.dataset.url,
  domNode: target,
  deepLinking: true,
  validatorUrl: null,
  presets: [window.SwaggerUIBundle.presets.apis],
})
