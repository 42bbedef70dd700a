package channel_test

import (
	"errors"
	"strings"
	"sync"
	"testing"

	"yingdi/domain"
	"yingdi/domain/channel"
	"yingdi/domain/domaintest"
)

func TestASharedCampHasOneSceneForEachPerson(t *testing.T) {
	t.Parallel()
	store := domaintest.NewStore[channel.Scene](&domaintest.Power{})
	s := &channel.Service{Store: store, Sealer: domaintest.Sealer()}
	var wg sync.WaitGroup
	for range 20 {
		wg.Go(func() {
			if _, err := s.ForShare(t.Context(), "c1", "ann"); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	mine, err := s.ForShare(t.Context(), "c1", "ann")
	if err != nil || len(store.All(nil)) != 1 {
		t.Fatalf("%d scenes, %v", len(store.All(nil)), err)
	}
	for _, other := range [][2]string{{"c1", "bob"}, {"c2", "ann"}} {
		if scene, err := s.ForShare(t.Context(), other[0], other[1]); err != nil || scene == mine {
			t.Errorf("%v: %s, %v", other, scene, err)
		}
	}
	if len(mine) > 32 || !domain.ValidID(mine) || strings.Contains(mine, "ann") {
		t.Errorf("WeChat takes 32 characters, and they must tell nothing: %s", mine)
	}
	scene, err := s.Resolve(t.Context(), mine)
	if err != nil || scene.Camp != "c1" || scene.Member != "ann" {
		t.Errorf("%+v, %v", scene, err)
	}
	if _, err := s.Resolve(t.Context(), "nothere"); !errors.Is(err, domain.ErrNotFound) {
		t.Errorf("got %v", err)
	}
}
