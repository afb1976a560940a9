package web

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"

	"github.com/rung-dev/rung/app/store"
	"github.com/rung-dev/rung/app/uploads"
)

const (
	// looseAfter is how long a file may wait for the post that shows it.
	looseAfter = 24 * time.Hour
	looseBatch = 100
)

// Collect discards files that no post came for.
func (s *Server) Collect(ctx context.Context) error {
	return errors.Join(s.adopt(ctx), s.collect(ctx, looseAfter))
}

// adopt looks once, for each database, through all pictures that are kept, and counts
// those that were sent before files were counted: nobody would ever collect the ones
// that nothing shows. Thumbnails go with their posts, and bear no owner's name: those of
// posts that were deleted by then stay.
func (s *Server) adopt(ctx context.Context) error {
	done, err := s.Store.Adopted(ctx)
	if err != nil || done {
		return err
	}
	var found []store.Found
	err = s.Uploads.Each(ctx, uploads.Pictures, func(f uploads.File) error {
		who, ok := uploads.Owner(f.Key)
		if !ok {
			return nil
		}
		found = append(found, store.Found{Upload: store.Upload{Key: f.Key, User: who, Size: f.Size}, Since: f.Modified})
		if len(found) < looseBatch {
			return nil
		}
		err := s.Store.Adopt(ctx, found)
		found = found[:0]
		return err
	})
	if err == nil {
		err = s.Store.Adopt(ctx, found)
	}
	if err == nil {
		err = s.Store.NoteAdopted(ctx)
	}
	if err != nil {
		return fmt.Errorf("count pictures that were sent before they were counted: %w", err)
	}
	return nil
}

func (s *Server) collect(ctx context.Context, after time.Duration) error {
	found, err := s.Store.Loose(ctx, after, looseBatch)
	if err != nil {
		return fmt.Errorf("collect files that nothing shows: %w", err)
	}
	for _, u := range found {
		shown, err := s.Store.Shows(ctx, u.User, u.Key)
		switch {
		case err != nil:
		case shown: // the server crashed before it noted which post
			err = s.Store.ShowUpload(ctx, u.Key, uuid.Nil)
		default:
			if err = s.Store.Discard(ctx, u.User, u.Key); err == nil {
				err = s.Store.DropUpload(ctx, u.Key)
			}
		}
		if err != nil {
			return fmt.Errorf("collect %s: %w", u.Key, err)
		}
	}
	return nil
}
