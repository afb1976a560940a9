package web

import "context"

// UserCopied forgets that a person was not known here: the services of stage 4
// hear of people some time after others may have asked for them.
func (s *Server) UserCopied(ctx context.Context, name string) error {
	s.Cache.Invalidate(ctx, userFamily, name, s.Store.Pools().Wrote(ctx))
	return nil
}
