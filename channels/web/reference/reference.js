// How is the OpenAPI document shown? Everything comes from this server, and what is tried goes to it.
/* Swagger UI has a dark face of its own, behind a class. */
const prefersDark = matchMedia('(prefers-color-scheme: dark)');
const followTheme = () => document.documentElement.classList.toggle('dark-mode', prefersDark.matches);
followTheme();
prefersDark.addEventListener('change', followTheme);

SwaggerUIBundle({
    url: 'openapi.json',
    dom_id: '#reference',
    deepLinking: true,
    docExpansion: 'list',
    defaultModelsExpandDepth: 0,
    displayRequestDuration: true,
    tryItOutEnabled: true,
    // No badge of a validator elsewhere.
    validatorUrl: null,
});
