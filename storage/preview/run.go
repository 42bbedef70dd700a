package preview

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"syscall"
	"time"

	"yingdi/domain/media"
)

var errLate = errors.New("it took too long")

// What one tool may take.
const (
	maxSeconds    = 60       // of the processor
	maxFile       = 64 << 20 // bytes of one file that it writes
	drawMemory    = 1 << 30  // bytes of memory that it asks for
	convertMemory = 4 << 30  // LibreOffice asks for much and uses little of it
)

// limited sets what the shell can limit and becomes the tool. Not every system knows every limit, nor may every process
// set them: the time is limited in any case. Memory is in KB and files are in blocks of 512 bytes, as POSIX has it.
const limited = `ulimit -c 0 2>/dev/null || :; ulimit -t "$1" 2>/dev/null || :; ulimit -f "$2" 2>/dev/null || :; ulimit -v "$3" 2>/dev/null || :; shift 3; exec "$@"`

// Exit statuses with which a shell says that there is no such tool, or that it cannot be run.
const (
	cannotRun = 126
	notFound  = 127
)

// run lets a tool work in the folder until ctx ends, then kills it with all that it started.
func (t *Tools) run(ctx context.Context, folder string, memory int64, tool ...string) error {
	args := append([]string{"-c", limited, "sh", strconv.Itoa(maxSeconds), strconv.Itoa(maxFile / 512), strconv.FormatInt(memory/1024, 10)}, t.alone...)
	cmd := exec.CommandContext(ctx, "/bin/sh", append(args, tool...)...)
	cmd.Dir = folder
	cmd.Env = []string{"PATH=" + os.Getenv("PATH"), "HOME=" + folder, "TMPDIR=" + folder, "LANG=C.UTF-8"}
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	cmd.Cancel = func() error { return killAll(cmd.Process.Pid) }
	cmd.WaitDelay = 5 * time.Second
	if err := cmd.Start(); err != nil {
		return unavailable(err)
	}
	err := cmd.Wait()
	_ = killAll(cmd.Process.Pid) // what it left running
	name := filepath.Base(tool[0])
	var exit *exec.ExitError
	switch {
	case err == nil:
		return nil
	case errors.Is(context.Cause(ctx), errLate):
		return fmt.Errorf("%s: %w: %w", name, errLate, media.ErrUndrawable)
	case ctx.Err() != nil:
		return ctx.Err()
	case errors.As(err, &exit) && exit.ExitCode() != cannotRun && exit.ExitCode() != notFound:
		return fmt.Errorf("%s: %w: %w", name, exit, media.ErrUndrawable)
	}
	return unavailable(fmt.Errorf("%s: %w", name, err))
}

// killAll ends the process group that the process leads.
func killAll(leader int) error {
	err := syscall.Kill(-leader, syscall.SIGKILL)
	if errors.Is(err, syscall.ESRCH) {
		return os.ErrProcessDone
	}
	return err
}

// alone finds out whether a process can be started without a network here: Linux lets most do so, containers and
// hardened services often not.
func alone(ctx context.Context) []string {
	unshare, err := exec.LookPath("unshare")
	if err != nil {
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	if exec.CommandContext(ctx, unshare, "-rn", "true").Run() != nil {
		return nil
	}
	return []string{unshare, "-rn"}
}

const profile = "profile"

// settings of LibreOffice: no macros, nothing fetched from where a document points, and a proxy that is not there.
const settings = `<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry" xmlns:xs="http://www.w3.org/2001/XMLSchema">
<item oor:path="/org.openoffice.Office.Common/Security/Scripting"><prop oor:name="MacroSecurityLevel" oor:op="fuse"><value>3</value></prop></item>
<item oor:path="/org.openoffice.Office.Common/Security/Scripting"><prop oor:name="DisableMacrosExecution" oor:op="fuse"><value>true</value></prop></item>
<item oor:path="/org.openoffice.Office.Common/Security/Scripting"><prop oor:name="BlockUntrustedRefererLinks" oor:op="fuse"><value>true</value></prop></item>
<item oor:path="/org.openoffice.Inet/Settings"><prop oor:name="ooInetProxyType" oor:op="fuse"><value>2</value></prop></item>
<item oor:path="/org.openoffice.Inet/Settings"><prop oor:name="ooInetHTTPProxyName" oor:op="fuse"><value>127.0.0.1</value></prop></item>
<item oor:path="/org.openoffice.Inet/Settings"><prop oor:name="ooInetHTTPProxyPort" oor:op="fuse"><value>9</value></prop></item>
<item oor:path="/org.openoffice.Inet/Settings"><prop oor:name="ooInetHTTPSProxyName" oor:op="fuse"><value>127.0.0.1</value></prop></item>
<item oor:path="/org.openoffice.Inet/Settings"><prop oor:name="ooInetHTTPSProxyPort" oor:op="fuse"><value>9</value></prop></item>
</oor:items>
`

func writeProfile(folder string) error {
	user := filepath.Join(folder, profile, "user")
	if err := os.MkdirAll(user, 0o700); err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(user, "registrymodifications.xcu"), []byte(settings), 0o600)
}
