package dev.sphere.sockshop;

/** A request as a user's browser sends it to front-end; the body is empty where there is none. */
public record RouteRequest(String method, String path, String body) {}
