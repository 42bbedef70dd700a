package main

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"slices"
	"strconv"
	"time"

	"github.com/labstack/echo/v4"
	"github.com/spf13/cobra"

	"yingdi/config"
	"yingdi/domain/notice"
	"yingdi/handlers/console"
	"yingdi/jobs"
	"yingdi/storage/fake"
	"yingdi/storage/redis"
)

func devCommand() *cobra.Command {
	c := &cobra.Command{
		Use: "dev", Short: "Run everything in one process, with a stand-in for WeChat and a demo camp", Args: cobra.NoArgs,
		Long: "Run everything in one process: SQLite, an embedded queue, a media folder, a stand-in for WeChat, and a demo camp.\n" +
			"Nothing needs to be installed or configured. Not for production: anybody who can reach it can sign in as anybody.",
	}
	addr := c.Flags().String("addr", fromEnvironment("YINGDI_ADDR", "127.0.0.1:8080"), "the address to listen on (env YINGDI_ADDR)")
	data := c.Flags().String("data", fromEnvironment("YINGDI_DATA", "./data"), "the folder that keeps everything (env YINGDI_DATA)")
	level := c.Flags().String("log", fromEnvironment("YINGDI_LOG_LEVEL", "warn"), "debug, info, warn or error (env YINGDI_LOG_LEVEL)")
	c.RunE = func(cmd *cobra.Command, _ []string) error {
		out := cmd.OutOrStdout()
		o := devOptions{Addr: *addr, Data: *data, Demo: true, Log: config.Log{Level: *level, Format: "text"}}
		redis.LogTo(logger(o.Log))
		context.AfterFunc(cmd.Context(), func() {
			fmt.Fprintln(out, "\nStopping: what is under way may finish. Ctrl-C again ends it at once.")
		})
		return runDev(cmd.Context(), o, func(d *dev) { d.greet(out) })
	}
	return c
}

func fromEnvironment(name, otherwise string) string {
	if v := os.Getenv(name); v != "" {
		return v
	}
	return otherwise
}

// devOptions says how the development server runs.
type devOptions struct {
	Addr, Data string
	Demo       bool // seed a demo camp into an empty folder
	Log        config.Log
	Clock      *clock
	Pace       func(*jobs.Options)
}

// dev is the product with WeChat's stand-in beside it.
type dev struct {
	*app
	wechat *fake.WeChat
	pay    *fake.Pay
	url    string
	home   devFolder
}

// devTemplate is the message template that the stand-in's mini-program has.
var devTemplate = fake.Template{ID: "review_received", Title: "点评提醒", Keywords: []fake.Keyword{
	{Name: "thing1", Label: "标题"}, {Name: "thing2", Label: "内容"}, {Name: "time3", Label: "时间"},
}}

// runDev runs until ctx ends. ready is called once requests are answered.
func runDev(ctx context.Context, o devOptions, ready func(*dev)) error {
	listener, err := listen(o.Addr)
	if err != nil {
		return err
	}
	defer listener.Close()
	d, err := wireDev(ctx, o, listener.Addr().(*net.TCPAddr))
	if err != nil {
		return err
	}
	return d.serve(ctx, listener, ready)
}

// serve answers until ctx ends, then closes everything.
func (d *dev) serve(ctx context.Context, listener net.Listener, ready func(*dev)) error {
	handler, err := d.handler()
	if err != nil {
		return errors.Join(err, d.close())
	}
	background, stop := context.WithCancel(context.WithoutCancel(ctx))
	go d.wechat.Run(background, 200*time.Millisecond)
	go d.pay.Run(background, 200*time.Millisecond)
	err = d.run(ctx, listener, handler, true, func() {
		if ready != nil {
			ready(d)
		}
	})
	stop()
	return errors.Join(err, d.close())
}

// wireDev joins the product, which is reached at addr, to a stand-in for WeChat that listens on an address of its own.
func wireDev(ctx context.Context, o devOptions, addr *net.TCPAddr) (*dev, error) {
	if o.Clock == nil {
		o.Clock = &clock{}
	}
	home, err := openFolder(o.Data)
	if err != nil {
		return nil, err
	}
	d, seeding := &dev{home: home}, false
	if o.Demo {
		seeding, err = home.beginDemo()
	}
	if err == nil {
		var c config.Config
		if c, err = devConfig(o, home, addr); err == nil {
			err = d.join(ctx, c, o.Clock, o.Pace)
		}
	}
	if err != nil {
		return nil, errors.Join(err, home.close())
	}
	d.closers = slices.Insert(d.closers, 0, home.close)
	if seeding {
		if err := d.seed(ctx); err != nil {
			return nil, errors.Join(fmt.Errorf("demo camp: %w", err), d.close())
		}
	}
	return d, nil
}

// join builds the product and the stand-in as the configuration says, whichever parts it names.
func (d *dev) join(ctx context.Context, c config.Config, clock *clock, pace func(*jobs.Options)) (err error) {
	d.url = c.URL
	if d.wechat, err = fake.NewWeChat(fake.Options{
		AppID: c.WeChat.AppID, AppSecret: c.WeChat.AppSecret, Token: c.WeChat.Token, AESKey: c.WeChat.AESKey,
		Clock: clock, Templates: []fake.Template{devTemplate}, PushURL: c.URL + "/notify/wechat",
		Links: c.URL + "/dev/wechat", Journal: d.home.file("wechat.json"),
		Client: &http.Client{Timeout: 5 * time.Second}, Hands: 8,
	}); err != nil {
		return err
	}
	if d.pay, err = payStandIn(c, d.home.path, fake.PayOptions{
		Clock: clock, Journal: d.home.file("pay.json"), Client: &http.Client{Timeout: 5 * time.Second}, Hands: 8,
	}); err != nil {
		return errors.Join(err, d.wechat.Close())
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return errors.Join(err, d.wechat.Close(), d.pay.Close())
	}
	// One server for both: WeChat Pay's paths begin with /v3.
	both := http.NewServeMux()
	both.Handle("/", d.wechat)
	both.Handle("/v3/", d.pay)
	c.WeChat.BaseURL = "http://" + listener.Addr().String()
	c.Pay.BaseURL = c.WeChat.BaseURL
	server := &http.Server{Handler: both, ReadHeaderTimeout: 5 * time.Second}
	go func() { _ = server.Serve(listener) }()
	closeBoth := func() error { return errors.Join(server.Close(), d.wechat.Close(), d.pay.Close()) }
	if d.app, err = wireAt(ctx, c, clock, logger(c.Log), pace); err != nil {
		return errors.Join(err, closeBoth())
	}
	d.onClose(closeBoth)
	return nil
}

// devConfig is everything embedded, with its folder's own secrets.
func devConfig(o devOptions, home devFolder, addr *net.TCPAddr) (config.Config, error) {
	c := config.Default()
	c.Addr, c.Data, c.Log = o.Addr, o.Data, o.Log
	host := "127.0.0.1"
	if !addr.IP.IsUnspecified() {
		host = addr.IP.String()
	}
	c.URL = "http://" + net.JoinHostPort(host, strconv.Itoa(addr.Port))
	c.Limits = config.Limits{SignIn: 100_000, Read: 100_000, Write: 100_000}
	kept, err := home.secrets()
	if err != nil {
		return c, err
	}
	c.Secrets = config.Secrets{Master: []string{kept.Master}, Hash: kept.Hash}
	c.Pool.On = true
	if c.Pay, err = payConfig(home.path, kept.PayKey()); err != nil {
		return c, err
	}
	messages := config.Template{ID: devTemplate.ID, Title: "thing1", Body: "thing2", Time: "time3"}
	c.WeChat = config.WeChat{
		AppID: fake.AppID, AppSecret: kept.AppSecret, Token: kept.Token, AESKey: kept.AESKey,
		Templates: map[string]config.Template{},
	}
	for kind := range notice.Kinds {
		c.WeChat.Templates[string(kind)] = messages
	}
	return c, nil
}

// random returns n random bytes in hexadecimal.
func random(n int) string {
	raw := make([]byte, n)
	rand.Read(raw)
	return hex.EncodeToString(raw)
}

// handler adds what only a development server has.
func (d *dev) handler() (http.Handler, error) {
	e, err := d.echo()
	if err != nil {
		return nil, err
	}
	e.GET("/dev/login-code", d.loginCode)
	e.GET("/dev/console", d.openConsole)
	control := echo.WrapHandler(d.wechat.Control("/dev/wechat"))
	e.Any("/dev/wechat", control)
	e.Any("/dev/wechat/*", control)
	wallet := echo.WrapHandler(d.pay.Control("/dev/pay"))
	e.Any("/dev/pay", wallet)
	e.Any("/dev/pay/*", wallet)
	return e, nil
}

// loginCode answers with what wx.login would give the named person; it makes them up at first use.
func (d *dev) loginCode(c echo.Context) error {
	name := c.QueryParam("as")
	if name == "" || len([]rune(name)) > 40 {
		return c.JSON(http.StatusBadRequest, map[string]string{"error": "as=NAME, at most 40 characters"})
	}
	return c.JSON(http.StatusOK, map[string]string{"code": d.wechat.LoginCode(name)})
}

// openConsole signs the browser in to the console as one of the demo camp's staff.
func (d *dev) openConsole(c echo.Context) error {
	name, ctx := c.QueryParam("as"), c.Request().Context()
	if devStaff[name] == "" {
		return c.JSON(http.StatusBadRequest, map[string]string{"error": "as=teacher, manager or admin"})
	}
	_, m, err := d.services.Sessions.SignIn(ctx, d.wechat.LoginCode(name))
	if err != nil {
		return err
	}
	cookie, err := d.services.Sessions.OpenConsole(ctx, m.ID)
	if err != nil {
		return err
	}
	console.SetCookie(c, cookie, false)
	return c.Redirect(http.StatusSeeOther, console.Root)
}

// greet says where to go and whom to be.
func (d *dev) greet(out io.Writer) {
	fmt.Fprintf(out, `
Yingdi 营地 is running, with a demo camp and a stand-in for WeChat. Everything is kept in %s.

  Console      %[2]s/dev/console?as=teacher    王老师, teaches the demo camp
               %[2]s/dev/console?as=manager    community manager
               %[2]s/dev/console?as=admin      platform admin
  API          %[2]s/docs                      (openapi.json beside it)
  Log in       %[2]s/dev/login-code?as=xiaoman  a wx.login code for POST /api/v1/sessions
  WeChat       %[2]s/dev/wechat                phones, messages, pushes, faults
  WeChat Pay   %[2]s/dev/pay                   payments, refunds, transfers, faults

Ctrl-C stops it; nothing is lost.
`, d.config.Data, d.url)
}
