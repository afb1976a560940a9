// Package preview turns what the engine says it would do into one answer: which
// resources change and why, what the month costs before and after, and whether
// data is in danger.
//
// Ask it after every preview, before anything is changed. It works on engine
// events, of rung's own stacks and of any other; it runs nothing itself, needs
// no account and costs nothing. Steps reads the events, NewReport adds money and
// the data guard's verdict. How that is said stands in view, a document in four
// formats each; view writes them by way of terminal (a page of lines), markdown,
// asjson, page (HTML) and drawing (the architecture).
//
// It refuses to hide anything: what has no price is listed with the reason, and
// a planned loss of data that nobody confirmed is marked as blocked.
package preview
