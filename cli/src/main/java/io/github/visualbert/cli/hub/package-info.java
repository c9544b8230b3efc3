/**
 * Models of the Hugging Face hub: fetched when asked, kept in the cache that its own tools share.
 *
 * <p>A name becomes a listing of files ({@link io.github.visualbert.cli.hub.Hub}), of which those
 * of a model are chosen ({@link io.github.visualbert.cli.hub.FileChoice}); each is downloaded into
 * the cache under its hash ({@link io.github.visualbert.cli.hub.Download}) and placed in the folder
 * of the commit ({@link io.github.visualbert.cli.hub.HubCache}). {@link
 * io.github.visualbert.cli.hub.Pull} does all of that.
 */
package io.github.visualbert.cli.hub;
