/** What is thrown when a file is at fault, rather than the call. */
package io.github.visualbert.error;
