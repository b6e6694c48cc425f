/**
 * The Sock Shop on one machine: eight services whose replicas queue, slow down and fail as real
 * ones do.
 */
package dev.sphere.sockshop;
