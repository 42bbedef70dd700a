package api

import (
	"encoding/json"
	"fmt"
	"net/http"
	"sync"

	"github.com/danielgtaylor/huma/v2"
	"github.com/labstack/echo/v4"
)

const description = `The mini-program's API. Every time is UTC, every day is the camp's own, every id is opaque.

Refusals are problems (RFC 9457): ` + "`code`" + ` is stable, ` + "`detail`" + ` can be shown to a learner, ` + "`errors`" + ` names the fields.
Say in the header ` + "`Yingdi-Platform`" + ` whether the phone runs ` + "`ios`, `android` or `other`" + `: WeChat's rules for what may be sold differ.
Lists are paged: pass ` + "`next`" + ` as ` + "`after`" + ` until it is empty. Requests that come too often get 429 and ` + "`Retry-After`" + `.
`

// Swagger UI comes from our own files; the page runs no inline script, so its content policy can forbid them.
const docsPage = `<!doctype html>
<html lang="zh-CN">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Yingdi 营地 API</title>
<link rel="stylesheet" href="/static/vendor/swagger-ui.css">
</head>
<body>
<div id="docs"></div>
<script src="/static/vendor/swagger-ui-bundle.js"></script>
<script src="/docs/start.js"></script>
</body>
</html>
`

const docsScript = `SwaggerUIBundle({ url: '/openapi.json', dom_id: '#docs', deepLinking: true, validatorUrl: null })
`

const docsPolicy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; " +
	"connect-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"

// describe serves the OpenAPI document and a page to read it with.
func describe(e *echo.Echo, document *huma.OpenAPI) {
	written := sync.OnceValues(func() ([]byte, error) { return json.Marshal(document) }) // slow, and seldom asked for
	e.GET("/openapi.json", func(c echo.Context) error {
		body, err := written()
		if err != nil {
			return fmt.Errorf("writing the OpenAPI document: %w", err)
		}
		return c.Blob(http.StatusOK, "application/openapi+json", body)
	})
	e.GET("/docs", func(c echo.Context) error {
		c.Response().Header().Set(echo.HeaderContentSecurityPolicy, docsPolicy)
		return c.HTML(http.StatusOK, docsPage)
	})
	e.GET("/docs/start.js", func(c echo.Context) error {
		return c.Blob(http.StatusOK, "text/javascript; charset=utf-8", []byte(docsScript))
	})
}
