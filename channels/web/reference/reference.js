// How is the OpenAPI document shown? Everything comes from this server, and what is tried goes to it.
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
