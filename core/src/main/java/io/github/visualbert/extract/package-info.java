/** Region features computed from the pixels of a picture, in the ways that models were trained. */
package io.github.visualbert.extract;
