// Package archtest holds no code, only a test: packages import each other in the
// direction in which data flows, libraries stay behind the one package that
// wraps them, and every package has a doc comment.
package archtest
