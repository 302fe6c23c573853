"""The OpenAPI 3.1 documents of both surfaces, made from the tables that serve them when somebody asks for one."""
