package dev.sphere.connector.redis;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.SSLSocketFactory;
import javax.net.ssl.TrustManagerFactory;
import redis.clients.jedis.JedisSocketFactory;
import redis.clients.jedis.exceptions.JedisConnectionException;

/** Makes the sockets of one writer, plain or TLS, and can end the one in use at any moment. */
final class RedisSocketFactory implements JedisSocketFactory {
    private final RedisSettings settings;
    private final int sendBuffer;
    private volatile Socket current;
    private volatile boolean closed;

    /**
     * @param sendBuffer bytes that a write takes without blocking
     */
    RedisSocketFactory(RedisSettings settings, int sendBuffer) {
        this.settings = settings;
        this.sendBuffer = sendBuffer;
    }

    @Override
    public Socket createSocket() {
        RedisAddress address = settings.address();
        try {
            Socket socket = connect(address);
            try {
                return address.tls() ? secure(socket, address) : socket;
            } catch (IOException | RuntimeException e) {
                socket.close();
                throw e;
            }
        } catch (IOException e) {
            throw new JedisConnectionException("no connection to " + address, e);
        }
    }

    /** May be called while another thread connects, sends or reads: that one then fails at once. */
    void close() throws IOException {
        closed = true;
        Socket socket = current;
        if (socket != null) {
            socket.close();
        }
    }

    private Socket connect(RedisAddress address) throws IOException {
        IOException failure = null;
        for (InetAddress host : InetAddress.getAllByName(address.host())) {
            Socket socket = new Socket();
            current = socket;
            if (closed) {
                throw new IOException("the sink is closed");
            }
            try {
                socket.setTcpNoDelay(true);
                socket.setKeepAlive(true);
                socket.setSendBufferSize(sendBuffer);
                socket.setSoTimeout(settings.timeout());
                socket.connect(
                        new InetSocketAddress(host, address.port()), settings.connectTimeout());
                return socket;
            } catch (IOException e) {
                socket.close();
                if (failure != null) {
                    e.addSuppressed(failure);
                }
                failure = e;
            }
        }
        throw failure;
    }

    private Socket secure(Socket socket, RedisAddress address) throws IOException {
        SSLSocket secured =
                (SSLSocket)
                        socketFactory().createSocket(socket, address.host(), address.port(), true);
        SSLParameters parameters = secured.getSSLParameters();
        // without it the JDK checks who signed the certificate, but not whose it is
        parameters.setEndpointIdentificationAlgorithm("HTTPS");
        secured.setSSLParameters(parameters);
        secured.startHandshake();
        return secured;
    }

    private SSLSocketFactory socketFactory() throws IOException {
        String file = settings.certificateAuthorities();
        if (file == null) {
            return (SSLSocketFactory) SSLSocketFactory.getDefault();
        }
        try (InputStream pem = Files.newInputStream(Path.of(file))) {
            KeyStore trusted = KeyStore.getInstance(KeyStore.getDefaultType());
            trusted.load(null, null);
            for (Certificate authority :
                    CertificateFactory.getInstance("X.509").generateCertificates(pem)) {
                trusted.setCertificateEntry("authority-" + trusted.size(), authority);
            }
            if (trusted.size() == 0) {
                throw new IOException(file + " holds no certificate, expected PEM");
            }
            TrustManagerFactory managers =
                    TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            managers.init(trusted);
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(null, managers.getTrustManagers(), null);
            return context.getSocketFactory();
        } catch (GeneralSecurityException e) {
            throw new IOException("the certificate authorities in " + file + " are unreadable", e);
        }
    }
}
