package preview

type drawing struct{}
