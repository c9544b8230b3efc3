/**
 * What commands share that ask a model: options of model, pictures and texts; answers as tables.
 */
package io.github.visualbert.cli.question;
