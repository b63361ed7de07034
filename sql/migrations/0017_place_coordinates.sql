-- Which town is near a point? For the pins that people send; hamlets are left out, for nobody would name one.

create index places_coordinates on frontdesk.places (latitude, longitude) where population >= 10000;
