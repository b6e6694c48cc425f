package dev.sphere.local.kubernetes;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.fabric8.mockwebserver.http.RecordedRequest;
import io.fabric8.mockwebserver.http.WebSocket;
import io.vertx.core.http.HttpServerResponse;

/**
 * A watch as kubectl and client-go ask for it: events as lines of one chunked answer. fabric8's
 * CRUD server only knows watches over WebSockets, so this looks like one to it.
 */
final class HttpWatch implements WebSocket {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final RecordedRequest request;
    private final HttpServerResponse response;
    private final boolean asTable;

    HttpWatch(RecordedRequest request, HttpServerResponse response) {
        this.request = request;
        this.response = response;
        var accept = request.getHeader("Accept");
        this.asTable =
                accept != null && accept.contains("as=Table") && Tables.hasTable(request.getPath());
    }

    @Override
    public RecordedRequest request() {
        return request;
    }

    @Override
    public boolean send(String event) {
        if (response.ended() || response.closed()) {
            return false;
        }
        response.write((asTable ? tabled(event) : event) + "\n");
        return true;
    }

    @Override
    public boolean send(byte[] bytes) {
        throw new UnsupportedOperationException("watch events are text");
    }

    @Override
    public boolean close(int code, String reason) {
        if (response.ended() || response.closed()) {
            return false;
        }
        response.end();
        return true;
    }

    private static String tabled(String event) {
        try {
            var tree = (ObjectNode) JSON.readTree(event);
            tree.set("object", Tables.ofEvent(tree.path("object")));
            return tree.toString();
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("the CRUD server sent an event that is not JSON", e);
        }
    }
}
