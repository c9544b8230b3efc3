/**
 * What the files of a model folder state: sizes, head, conventions and the names of the classes.
 */
package io.github.visualbert.config;
