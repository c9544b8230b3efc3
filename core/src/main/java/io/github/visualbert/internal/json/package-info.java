/**
 * Strict JSON (RFC 8259), read and written without a third-party library. Not part of the public
 * API.
 */
package io.github.visualbert.internal.json;
