package main

import (
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"yingdi/domain/stats"
	"yingdi/storage"
	"yingdi/storage/sqlite"
)

// figuresIn reads a camp's numbers from a folder that no process has open.
func figuresIn(t *testing.T, folder, camp string) (f stats.Figures) {
	t.Helper()
	engine, err := sqlite.Open(t.Context(), filepath.Join(folder, documentsFile))
	if err != nil {
		t.Fatal(err)
	}
	kept, err := storage.NewFigures(t.Context(), storage.NewDB(engine))
	if err == nil {
		f, err = kept.Get(t.Context(), camp)
	}
	if closing := engine.Close(); err != nil || closing != nil {
		t.Fatal(err, closing)
	}
	return f
}

func TestStatisticsAreCountedAnewFromTheCommandLine(t *testing.T) {
	t.Parallel()
	s := newSite(t)
	_, teacher := s.person(t, "teacher")
	c := s.term(t, teacher)
	learner, _, _ := s.signIn(t, "learner")
	s.tell(t, learner, []step{
		{name: "enrols", request: "POST /camps/{camp}/enrolments", status: http.StatusCreated},
		{name: "hands in", request: "POST /camps/{camp}/checkins", body: `{"task":"{task0}","text":"读完了"}`, status: http.StatusCreated},
	})
	if err := s.close(); err != nil { // nobody has counted
		t.Fatal(err)
	}
	path, folder := oneBox(t)
	if err := os.CopyFS(folder, os.DirFS(s.config.Data)); err != nil {
		t.Fatal(err)
	}
	rebuild := func(args ...string) *child {
		return run(t, environ(), append([]string{"admin", "rebuild-stats", "--config", path}, args...)...)
	}
	for _, args := range [][]string{nil, {"--camp", c.ID}} {
		if p := rebuild(args...); p.end() != 0 || !strings.Contains(p.said.String(), "1 camps counted") {
			t.Errorf("%v: %s", args, p.said)
		}
		if f := figuresIn(t, folder, c.ID); f.Count.Learners != 1 || len(f.Count.Days) == 0 || f.Count.Days[0].Done != 1 || f.CountedAt.IsZero() {
			t.Errorf("%v: %+v", args, f)
		}
	}
	if p := rebuild("--camp", "nowhere"); p.end() != 1 || !strings.Contains(p.said.String(), "nowhere") {
		t.Errorf("a camp that is not there: %s", p.said)
	}

	server := serve(t, path)
	for _, command := range []string{"rebuild-stats", "reseal"} {
		p := run(t, environ(), "admin", command, "--config", path)
		status, said := p.end(), p.said.String()
		for _, want := range []string{folder + " is in use", "one process at a time", "Nothing was done", "systemctl stop yingdi", "systemctl start yingdi"} {
			if status != 1 || !strings.Contains(said, want) {
				t.Errorf("%s beside a server: exit status %d without %q: %s", command, status, want, said)
			}
		}
	}
	server.signal(syscall.SIGTERM)
	server.end()
	if p := rebuild(); p.end() != 0 {
		t.Errorf("after the server: %s", p.said)
	}
}
