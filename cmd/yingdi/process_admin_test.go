package main

import (
	"io"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/pquerna/otp/totp"
)

// admin runs an admin command with a line on its standard input.
func admin(t *testing.T, config, line string, args ...string) (status int, said string) {
	t.Helper()
	c := runWith(t, strings.NewReader(line+"\n"), environ(), append([]string{"admin", "--config", config}, args...)...)
	return c.end(), c.said.String()
}

var otpauth = regexp.MustCompile(`otpauth://totp/\S+`)

// oneTime returns the secret in what a command showed, which must hold a code to scan as well.
func oneTime(t *testing.T, status int, said string) (secret string) {
	t.Helper()
	address, err := url.Parse(otpauth.FindString(said))
	if err != nil || status != 0 || address.Query().Get("secret") == "" || strings.Count(said, "█") < 100 {
		t.Fatalf("exit status %d: %s", status, said)
	}
	return address.Query().Get("secret")
}

func code(t *testing.T, secret string) string {
	t.Helper()
	c, err := totp.GenerateCode(secret, time.Now())
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// browser keeps cookies as one does behind the proxy that speaks HTTPS for us.
type browser struct {
	client
	cookies map[string]string
}

func newBrowser(c client) *browser { return &browser{c, map[string]string{}} }

func (b *browser) do(method, path string, form url.Values) (status int, to, page string) {
	b.t.Helper()
	r, err := http.NewRequest(method, b.url+path, strings.NewReader(form.Encode()))
	if err != nil {
		b.t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	for name, value := range b.cookies {
		r.AddCookie(&http.Cookie{Name: name, Value: value})
	}
	answer, err := network.Transport.RoundTrip(r)
	if err != nil {
		b.t.Fatal(err)
	}
	defer answer.Body.Close()
	raw, err := io.ReadAll(answer.Body)
	if err != nil {
		b.t.Fatal(err)
	}
	for _, cookie := range answer.Cookies() {
		if !cookie.HttpOnly || cookie.Secure != strings.HasPrefix(cookie.Name, "__Host-") {
			b.t.Errorf("a careless cookie: %s", cookie.Name)
		}
		b.cookies[cookie.Name] = cookie.Value
	}
	return answer.StatusCode, answer.Header.Get("Location"), string(raw)
}

var csrf = regexp.MustCompile(`name="csrf" value="([^"]+)"`)

// signIn fills in the form of the sign-in page.
func (b *browser) signIn(login, password, code string) (status int, to string) {
	b.t.Helper()
	_, _, page := b.do("GET", "/console/signin", nil)
	token := csrf.FindStringSubmatch(page)
	if token == nil {
		b.t.Fatalf("no form: %s", page)
	}
	status, to, _ = b.do("POST", "/console/signin", url.Values{"csrf": {token[1]}, "login": {login}, "password": {password}, "code": {code}})
	return status, to
}

func (b *browser) inside() bool {
	b.t.Helper()
	status, _, _ := b.do("GET", "/console/jobs", nil) // only a platform's admin may see it
	return status == http.StatusOK
}

func TestAnAdminFromTheCommandLineToTheConsole(t *testing.T) {
	t.Parallel()
	path, _ := oneBox(t)
	const password, second = "correct horse battery", "another long enough one"

	for _, c := range []struct{ why, login, password, want string }{
		{"a short password", "root", "short", "password"},
		{"a password with the login in it", "root", "my-root-password", "password"},
		{"a login with blanks", "ro ot", password, "login"},
	} {
		if status, said := admin(t, path, c.password, "create", c.login); status != 1 || !strings.Contains(said, c.want) {
			t.Errorf("%s: exit status %d: %s", c.why, status, said)
		}
	}
	status, said := admin(t, path, password, "create", "root", "--name", "站长")
	secret := oneTime(t, status, said)
	if strings.Contains(said, password) {
		t.Error("the password is shown")
	}
	if status, said := admin(t, path, password, "create", "ROOT"); status != 1 || !strings.Contains(said, "reset-password") {
		t.Errorf("a login that is taken: exit status %d: %s", status, said)
	}
	if status, said := admin(t, path, password, "reset-password", "nobody"); status != 1 || !strings.Contains(said, "nobody") {
		t.Errorf("a login that does not exist: exit status %d: %s", status, said)
	}

	c := serve(t, path)
	if status, said := admin(t, path, second, "reset-password", "root"); status != 1 || !strings.Contains(said, "another process has it open") {
		t.Errorf("beside a running server: exit status %d: %s", status, said)
	}
	b, used := newBrowser(c.client), code(t, secret)
	if status, _, _ := b.do("POST", "/console/signin", url.Values{"login": {"root"}, "password": {password}, "code": {used}}); status != http.StatusForbidden {
		t.Errorf("without a page's token: %d", status)
	}
	if status, _ := b.signIn("root", "wrong horse battery", used); status == http.StatusSeeOther || b.inside() {
		t.Errorf("with a wrong password: %d", status)
	}
	if status, to := b.signIn("root", password, used); status != http.StatusSeeOther || to != "/console" || !b.inside() {
		t.Fatalf("signing in: %d to %s, inside %v", status, to, b.inside())
	}
	if b.cookies["__Host-yingdi_console"] == "" {
		t.Error("the cookie is not for HTTPS alone")
	}
	if other := newBrowser(c.client); other.inside() {
		t.Error("everybody is inside")
	} else if status, _ := other.signIn("root", password, used); status == http.StatusSeeOther || other.inside() {
		t.Errorf("with a code that was used: %d", status)
	}
	c.signal(syscall.SIGTERM)
	c.end()

	status, said = admin(t, path, second, "reset-password", "root")
	fresh := oneTime(t, status, said)
	c = serve(t, path)
	b.client = c.client
	if b.inside() {
		t.Error("the reset did not end the session")
	}
	b = newBrowser(c.client)
	if status, _ := b.signIn("root", password, code(t, fresh)); status == http.StatusSeeOther {
		t.Error("the old password still works")
	}
	if status, _ := b.signIn("root", second, code(t, secret)); status == http.StatusSeeOther {
		t.Error("the old one-time secret still works")
	}
	if status, _ := b.signIn("root", second, code(t, fresh)); status != http.StatusSeeOther || !b.inside() {
		t.Errorf("with what is new: %d", status)
	}
}

func TestABackupOfARunningServerIsAServer(t *testing.T) {
	t.Parallel()
	path, folder := oneBox(t)
	status, said := admin(t, path, "correct horse battery", "create", "root")
	secret := oneTime(t, status, said)
	serve(t, path)
	copied := filepath.Join(t.TempDir(), "copy.db")
	if status, said := admin(t, path, "", "backup", copied); status != 0 || !strings.Contains(said, filepath.Join(folder, "media")) {
		t.Fatalf("exit status %d: %s", status, said)
	}
	if status, _ := admin(t, path, "", "backup", copied); status != 1 {
		t.Errorf("over a backup that is there: exit status %d", status)
	}

	path, folder = oneBox(t)
	restore(t, copied, folder)
	b := newBrowser(serve(t, path).client)
	if status, _ := b.signIn("root", "correct horse battery", code(t, secret)); status != http.StatusSeeOther || !b.inside() {
		t.Errorf("signing in to what was restored: %d", status)
	}
}

// restore puts a backup where a server expects its documents.
func restore(t *testing.T, backup, folder string) {
	t.Helper()
	raw, err := os.ReadFile(backup)
	if err == nil {
		err = os.MkdirAll(folder, 0o750)
	}
	if err == nil {
		err = os.WriteFile(filepath.Join(folder, documentsFile), raw, 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
}
