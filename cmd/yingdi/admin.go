package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"

	"github.com/skip2/go-qrcode"
	"github.com/spf13/cobra"

	"yingdi/domain"
	"yingdi/domain/session"
	"yingdi/storage/sqlite"
)

func adminCommand() *cobra.Command {
	parent := &cobra.Command{Use: "admin", Short: "Commands of an admin"}
	parent.AddCommand(adminCreateCommand(), adminResetCommand(), adminBackupCommand(), adminRebuildCommand(), adminResealCommand(), adminForgetCommand(), adminVerifyPoolCommand(), adminAuditCommand())
	return parent
}

func adminCreateCommand() *cobra.Command {
	c := &cobra.Command{
		Use: "create LOGIN", Short: "Make an admin who signs in with a password and a one-time code", Args: cobra.ExactArgs(1),
		Long: "Make an admin. The password is read from standard input, one line. With SQLite, stop the server first.",
	}
	path, name := configFlag(c), c.Flags().String("name", "", "the name that others see (default: the login)")
	c.RunE = func(cmd *cobra.Command, args []string) error {
		return withApp(cmd.Context(), *path, func(ctx context.Context, a *app) error {
			secret, err := readPassword(cmd)
			if err != nil {
				return err
			}
			if *name == "" {
				*name = args[0]
			}
			return createAdmin(ctx, a, cmd.OutOrStdout(), args[0], *name, secret)
		})
	}
	return c
}

// createAdmin checks the login first, so that a refusal leaves nobody behind.
func createAdmin(ctx context.Context, a *app, out io.Writer, login, name, secret string) error {
	if err := session.CheckLogin(login, secret); err != nil {
		return explain(err)
	}
	exists, err := a.services.Sessions.HasLogin(ctx, login)
	if err != nil {
		return err
	}
	if exists {
		return fmt.Errorf("login %s: %w; use `yingdi admin reset-password`", login, domain.ErrExists)
	}
	admin, err := a.services.Members.CreateAdmin(ctx, name)
	if err != nil {
		return explain(err)
	}
	address, err := a.services.Sessions.SetCredential(ctx, login, secret, admin.ID)
	if err != nil {
		return explain(err)
	}
	return showSecret(out, login, address)
}

func adminResetCommand() *cobra.Command {
	c := &cobra.Command{
		Use: "reset-password LOGIN", Short: "Give an admin a new password and a new one-time secret", Args: cobra.ExactArgs(1),
		Long: "Give an admin a new password (standard input, one line) and a new one-time secret; every session of theirs ends.",
	}
	path := configFlag(c)
	c.RunE = func(cmd *cobra.Command, args []string) error {
		return withApp(cmd.Context(), *path, func(ctx context.Context, a *app) error {
			secret, err := readPassword(cmd)
			if err != nil {
				return err
			}
			address, err := a.services.Sessions.ResetCredential(ctx, args[0], secret)
			if err != nil {
				return explain(err)
			}
			return showSecret(cmd.OutOrStdout(), args[0], address)
		})
	}
	return c
}

// withApp joins the product for one command and takes it apart again.
func withApp(ctx context.Context, path string, run func(context.Context, *app) error) error {
	c, err := load(path)
	if err != nil {
		return err
	}
	a, err := wire(ctx, c, &clock{}, logger(c.Log))
	if errors.Is(err, sqlite.ErrTaken) {
		return fmt.Errorf("the folder %s is in use, most likely by the server: a SQLite file belongs to one process at a time. Nothing was done. "+
			"Stop the server (systemctl stop yingdi), run this again, and start it (systemctl start yingdi). %w", c.Data, err)
	}
	if err != nil {
		return err
	}
	return errors.Join(run(domain.WithActor(ctx, domain.SystemActor), a), a.close())
}

// readPassword takes one line, and shows it to nobody who looks over a shoulder.
func readPassword(cmd *cobra.Command) (string, error) {
	if in, ok := cmd.InOrStdin().(*os.File); ok {
		if stat, err := in.Stat(); err == nil && stat.Mode()&os.ModeCharDevice != 0 {
			fmt.Fprint(cmd.ErrOrStderr(), "Password (12 characters or more): ")
			seen := unseen(cmd, in)
			defer seen()
		}
	}
	line, err := bufio.NewReader(io.LimitReader(cmd.InOrStdin(), 1024)).ReadString('\n')
	if err != nil && !errors.Is(err, io.EOF) {
		return "", fmt.Errorf("reading the password: %w", err)
	}
	return strings.TrimRight(line, "\r\n"), nil
}

// unseen lets a terminal show nothing of what is typed, until what it returns is called or the command is interrupted. It
// asks stty, which every Unix has; without one it says that the typing can be seen.
func unseen(cmd *cobra.Command, terminal *os.File) (again func()) {
	stty := func(how string) error {
		c := exec.Command("stty", how)
		c.Stdin = terminal
		return c.Run()
	}
	if stty("-echo") != nil {
		fmt.Fprint(cmd.ErrOrStderr(), "(it will be shown as you type) ")
		return func() {}
	}
	show := func() { _ = stty("echo") }
	stop := context.AfterFunc(cmd.Context(), show)
	return func() {
		stop()
		show()
		fmt.Fprintln(cmd.ErrOrStderr())
	}
}

func showSecret(out io.Writer, login, address string) error {
	code, err := qrcode.New(address, qrcode.Low)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(out, "\n%s\nScan this with an authenticator (Microsoft Authenticator, 1Password …), or enter:\n%s\n\n"+
		"Then sign in as %s at /console. This is shown once.\n", code.ToSmallString(false), address, login)
	return err
}

// explain tells of a refusal what its fields are at fault of, for somebody who reads a terminal.
func explain(err error) error {
	var refused *domain.Error
	if !errors.As(err, &refused) || len(refused.Fields) == 0 {
		return err
	}
	var faults []error
	for _, f := range refused.Fields {
		faults = append(faults, fmt.Errorf("%s: %s", f.Name, f.Message))
	}
	return errors.Join(faults...)
}
