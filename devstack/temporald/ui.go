package temporald

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log"
	"net"
	"net/http"

	"github.com/labstack/echo/v4"
	"github.com/labstack/echo/v4/middleware"
	"github.com/temporalio/ui-server/v2/server/api"
	uiconfig "github.com/temporalio/ui-server/v2/server/config"
	"github.com/temporalio/ui-server/v2/server/cors"
	"github.com/temporalio/ui-server/v2/server/csrf"
	"github.com/temporalio/ui-server/v2/server/headers"
	"github.com/temporalio/ui-server/v2/server/route"
	"github.com/temporalio/ui-server/v2/ui"

	"longhaul/devstack/port"
	"longhaul/frontdoor"
)

// callerType is a header that the web interface sends to the frontend.
const callerType = "Caller-Type"

// webUI is the running web interface of the Temporal server. Whoever reaches it
// can end every workflow, so it answers only under a name of this machine.
type webUI struct {
	server *http.Server
	done   chan struct{}
}

// startUI serves the web interface.
func startUI(ctx context.Context, uiPort int, address, namespace string) (*webUI, error) {
	pages, err := uiPages(uiPort, address, namespace)
	if err != nil {
		return nil, fmt.Errorf("make the web interface: %w", err)
	}
	var lc net.ListenConfig
	l, err := lc.Listen(ctx, "tcp", port.Address(uiPort))
	if err != nil {
		return nil, fmt.Errorf("listen for the web interface: %w", err)
	}
	u := &webUI{
		server: &http.Server{Handler: frontdoor.LocalOnly(pages), ErrorLog: log.New(io.Discard, "", 0)},
		done:   make(chan struct{}),
	}
	go func() {
		defer close(u.done)
		_ = frontdoor.Limits{}.Serve(u.server, l)
	}()
	return u, nil
}

// uiPages puts the parts of the web interface together as its own server does,
// which takes any Host and opens its port where no one can stand in front.
func uiPages(uiPort int, address, namespace string) (http.Handler, error) {
	cfg := &uiconfig.Config{
		Host: port.Host, Port: uiPort, TemporalGRPCAddress: address, DefaultNamespace: namespace,
		EnableUI: true, HideLogs: true, CORS: uiconfig.CORS{CookieInsecure: true},
	}
	provider, err := uiconfig.NewConfigProviderWithRefresh(cfg)
	if err != nil {
		return nil, err
	}
	assets, err := ui.Assets()
	if err != nil {
		return nil, err
	}
	if assets, err = fs.Sub(assets, "local"); err != nil {
		return nil, err
	}
	e := echo.New()
	e.Use(middleware.Recover(), middleware.Gzip(), cors.CORSMiddleware(cors.CORSConfig{
		AllowHeaders:     []string{echo.HeaderOrigin, echo.HeaderContentType, echo.HeaderAccept, echo.HeaderXCSRFToken, callerType},
		AllowCredentials: true, ConfigProvider: provider,
	}), middleware.Secure(), middleware.CSRFWithConfig(middleware.CSRFConfig{
		CookiePath: "/", CookieSameSite: http.SameSiteStrictMode, CookieSecure: !cfg.CORS.CookieInsecure, Skipper: csrf.SkipOnAuthorizationHeader,
	}))
	route.SetHealthRoute(e)
	err = errors.Join(
		route.SetAPIRoutes(e, provider, []api.Middleware{headers.WithForwardHeaders([]string{callerType})}),
		route.SetUIRoutes(e, cfg.PublicPath, assets),
	)
	route.SetAuthRoutes(e, provider)
	route.SetRenderRoute(e)
	return e, err
}

func (u *webUI) stop() {
	_ = u.server.Close()
	<-u.done
}
