package main

import (
	"context"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"

	"yingdi/domain"
	"yingdi/domain/member"
	"yingdi/storage"
	"yingdi/storage/sqlite"
)

// vaultOf opens the members of a folder that no process has open.
func vaultOf(t *testing.T, folder string, do func(storage.Members)) {
	t.Helper()
	if err := os.MkdirAll(folder, 0o750); err != nil {
		t.Fatal(err)
	}
	engine, err := sqlite.Open(t.Context(), filepath.Join(folder, documentsFile))
	if err != nil {
		t.Fatal(err)
	}
	members, err := storage.NewMembers(t.Context(), storage.NewDB(engine))
	if err == nil {
		do(members)
		err = engine.Close()
	}
	if err != nil {
		t.Fatal(err)
	}
}

func sealerOf(t *testing.T, masters ...string) *domain.Sealer {
	t.Helper()
	var keys [][]byte
	for _, m := range masters {
		keys = append(keys, []byte(m))
	}
	s, err := domain.NewSealer([]byte(secrets["YINGDI_SECRETS_HASH"]), keys...)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestKeysAreRotatedThoughTheCommandIsKilledHalfWay(t *testing.T) {
	t.Parallel()
	const people = 3000
	path, folder := oneBox(t)
	was, fresh := secrets["YINGDI_SECRETS_MASTER"], strings.Repeat("n", 40)
	old := sealerOf(t, was)
	vaultOf(t, folder, func(members storage.Members) {
		for i := range people {
			err := members.Insert(t.Context(), member.Member{
				Doc: domain.Doc{ID: fmt.Sprintf("m%04d", i)}, OpenIDHash: old.Hash(member.PurposeOpenID, fmt.Sprint(i)),
				OpenID: old.Seal(member.PurposeOpenID, fmt.Sprint("openid", i)), Phone: old.Seal(member.PurposePhone, fmt.Sprint("138", i)),
			})
			if err != nil {
				t.Fatal(err)
			}
		}
	})
	// sealedBy counts the people whose values the key opens.
	sealedBy := func(s *domain.Sealer) (n int) {
		vaultOf(t, folder, func(members storage.Members) {
			for m, err := range members.Each(context.Background(), storage.By("id")) {
				if err != nil {
					t.Fatal(err)
				}
				open, err := s.Open(member.PurposeOpenID, m.OpenID)
				phone, err2 := s.Open(member.PurposePhone, m.Phone)
				if err == nil && err2 == nil && strings.TrimPrefix(open, "openid") == strings.TrimPrefix(phone, "138") {
					n++
				}
			}
		})
		return n
	}
	reseal := func(masters string) *child {
		return run(t, environ("YINGDI_SECRETS_MASTER="+masters), "admin", "reseal", "--config", path)
	}
	c := reseal(fresh + "," + was)
	c.await(`member: (500) documents`)
	c.signal(syscall.SIGKILL)
	c.end()
	done := sealedBy(sealerOf(t, fresh))
	if both := sealedBy(sealerOf(t, fresh, was)); both != people || done < 500 {
		t.Fatalf("half way %d of %d are readable, %d by the new key alone", both, people, done)
	}
	c = reseal(fresh + "," + was)
	status := c.end()
	if want := fmt.Sprintf("member: %d documents, %d values sealed anew", people, 2*(people-done)); status != 0 || !strings.Contains(c.said.String(), want) ||
		!strings.Contains(c.said.String(), "can leave secrets.master") {
		t.Errorf("exit status %d, want %s", status, want)
	}
	if done := sealedBy(sealerOf(t, fresh)); done != people {
		t.Errorf("%d of %d are readable without the old key", done, people)
	}
	if c = reseal(was); c.end() != 1 || !strings.Contains(c.said.String(), "put the key that sealed them back") {
		t.Error("with the wrong key it is content")
	}
}

func TestEveryFeatureThatSealsCanBeResealed(t *testing.T) {
	t.Parallel()
	var resealed []string
	listed := read(t, "cmd/yingdi/wire_reseal.go")
	err := filepath.WalkDir("../../domain", func(path string, _ fs.DirEntry, err error) error {
		if err != nil || filepath.Ext(path) != ".go" || strings.HasSuffix(path, "_test.go") {
			return err
		}
		source := read(t, strings.TrimPrefix(filepath.ToSlash(path), "../../"))
		feature := filepath.Base(filepath.Dir(path))
		if feature != "domain" && strings.Contains(source, "Seal(") && !slices.Contains(resealed, feature) {
			resealed = append(resealed, feature)
		}
		return nil
	})
	if err != nil || len(resealed) < 7 {
		t.Fatalf("%v, %v", resealed, err)
	}
	for _, feature := range resealed {
		if feature != "form" && !strings.Contains(listed, "(*"+feature+".") { // enrolments and marks hold what form seals
			t.Errorf("domain/%s seals, and wire_reseal.go does not know", feature)
		}
	}
}
