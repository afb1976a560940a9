package server

import "context"

// UserCopied is to be called for each copy of a person that arrives.
func (a *App) UserCopied(ctx context.Context, name string) error { return a.web.UserCopied(ctx, name) }
