package main

import (
	"errors"
	"io/fs"
	"math/rand/v2"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

type campList struct {
	Items []struct{ ID, Title string }
}

func TestDevOnAnEmptyFolder(t *testing.T) {
	t.Parallel()
	folder := filepath.Join(t.TempDir(), "not", "there", "yet")
	began := time.Now()
	c := develop(t, folder)
	c.must(http.StatusOK, "GET", "/healthz", "", nil, nil)
	if answer, err := network.Get(c.url + "/readyz"); err != nil || answer.StatusCode != http.StatusOK {
		t.Fatalf("not ready: %v, %v", answer, err)
	}
	t.Logf("ready %s after the start", time.Since(began))

	var camps campList
	c.must(http.StatusOK, "GET", "/api/v1/camps", "", nil, &camps)
	if len(camps.Items) != 1 || camps.Items[0].Title != "21 天晨读打卡营" {
		t.Fatalf("the demo camp: %+v", camps)
	}
	path := "/api/v1/camps/" + camps.Items[0].ID
	token := c.signIn("somebody-new")
	c.must(http.StatusCreated, "POST", path+"/enrolments", token, nil, nil)
	var today struct {
		Tasks []struct{ ID string }
	}
	c.must(http.StatusOK, "GET", path+"/today", token, nil, &today)
	var receipt struct{ ID string }
	c.must(http.StatusCreated, "POST", path+"/checkins", token, map[string]string{"task": today.Tasks[0].ID, "text": "第一天"}, &receipt)
	c.signal(syscall.SIGINT)
	if status := c.end(); status != 0 {
		t.Errorf("exit status %d, want 0", status)
	}

	c = develop(t, folder)
	c.must(http.StatusOK, "GET", "/api/v1/checkins/"+receipt.ID, token, nil, nil) // the session lives on as well
	c.must(http.StatusOK, "GET", "/api/v1/camps", "", nil, &camps)
	if len(camps.Items) != 1 {
		t.Errorf("after a restart there are %d camps", len(camps.Items))
	}
	if answer, err := network.Get(c.url + "/dev/console?as=teacher"); err != nil || answer.StatusCode != http.StatusOK {
		t.Errorf("the teacher's console: %v, %v", answer, err)
	}
}

func TestAFolderIsOneProcessesOwn(t *testing.T) {
	t.Parallel()
	folder := prepare(t, 0, 1).folder
	c := develop(t, folder)
	said := refused(t, nil, "dev", "--addr", "127.0.0.1:0", "--data", folder)
	if want := "another yingdi works in the folder " + folder; !strings.Contains(said, want) || strings.Count(said, "\n") != 1 {
		t.Errorf("it said %q", said)
	}
	c.must(http.StatusOK, "GET", "/api/v1/camps", "", nil, nil)
}

func TestAnAddressThatIsTaken(t *testing.T) {
	t.Parallel()
	other, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer other.Close()
	folder := filepath.Join(t.TempDir(), "data")
	said := refused(t, nil, "dev", "--addr", other.Addr().String(), "--data", folder)
	for _, want := range []string{other.Addr().String() + " is taken", "YINGDI_ADDR="} {
		if !strings.Contains(said, want) {
			t.Errorf("it does not say %q: %s", want, said)
		}
	}
	if _, err := os.Stat(folder); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("it left a folder behind (%v)", err)
	}
	said = refused(t, nil, "dev", "--addr", "nowhere", "--data", folder)
	if !strings.Contains(said, "the address nowhere") {
		t.Errorf("no address at all: %s", said)
	}
}

func TestKilledWhileTheDemoCampIsSeededItIsThereOnce(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	for range 6 {
		c := run(t, nil, "dev", "--addr", "127.0.0.1:0", "--data", folder)
		for !exists(folder, demoBegun) && !exists(folder, demoDone) {
			time.Sleep(time.Millisecond)
		}
		time.Sleep(rand.N(300 * time.Millisecond))
		c.signal(os.Kill)
		c.end()
	}
	c := develop(t, folder)
	var camps campList
	c.must(http.StatusOK, "GET", "/api/v1/camps", "", nil, &camps)
	if len(camps.Items) != 1 {
		t.Errorf("the demo camp is there %d times", len(camps.Items))
	}
	if exists(folder, demoBegun) {
		t.Error("it believes that the seeding goes on")
	}
}

func TestDevNeverClearsAwayWhatIsSomebodysOwn(t *testing.T) {
	t.Parallel()
	p := prepare(t, 1, 1)
	if err := os.Remove(filepath.Join(p.folder, demoDone)); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		c := develop(t, p.folder)
		c.must(http.StatusOK, "GET", "/api/v1/camps/"+p.camp+"/today", p.tokens[0], nil, nil)
		c.signal(os.Kill)
		c.end()
	}
}

func exists(folder, name string) bool {
	_, err := os.Stat(filepath.Join(folder, name))
	return err == nil
}
